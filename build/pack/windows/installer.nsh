; The command line: a small file in the one folder that Windows has on every user's PATH, so that the PATH itself is left alone.
!macro customInstall
  FileOpen $0 "$LOCALAPPDATA\Microsoft\WindowsApps\redoubt.cmd" w
  FileWrite $0 '@echo off$\r$\n'
  FileWrite $0 '"$INSTDIR\resources\bin\redoubt.cmd" %*$\r$\n'
  FileWrite $0 'exit /b %ERRORLEVEL%$\r$\n'
  FileClose $0
!macroend

!macro customUnInstall
  Delete "$LOCALAPPDATA\Microsoft\WindowsApps\redoubt.cmd"
!macroend
