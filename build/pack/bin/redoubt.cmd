@echo off
rem The command line of an installed Redoubt: its own Node, its own program.
"%~dp0..\node\node.exe" "%~dp0..\cli\out\cli\redoubt.js" %*
exit /b %ERRORLEVEL%
