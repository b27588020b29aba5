import './platform/http/guard-on.ts';
import { answerAtOnce } from './cli/at-once.ts';
import { terminal } from './cli/terminal.ts';

const argv = process.argv.slice(2);
const io = terminal(process);
const answer = answerAtOnce(argv);
let code = 0;
if (answer !== undefined) await io.out(answer);
else {
  const { runCli } = await import('./cli/run.ts');
  code = await runCli(argv, io);
}
await io.finished();
process.exit(code);
