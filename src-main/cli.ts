import './platform/http/guard-on.ts';
import { terminal } from './cli/terminal.ts';
import { runCli } from './cli/run.ts';

const io = terminal(process);
const code = await runCli(process.argv.slice(2), io);
await io.finished();
process.exit(code);
