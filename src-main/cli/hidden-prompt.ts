import type { ReadStream } from 'node:tty';
import { ContractError } from '#shared/transport/errors.ts';

/** Asks for a line without showing what is typed. Ctrl-C rejects with `cancelled`. */
export function readHidden(input: ReadStream, output: NodeJS.WritableStream, question: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed = '';
    output.write(question);
    input.setRawMode(true);
    input.setEncoding('utf8');
    input.resume();
    const end = () => {
      input.off('data', onData);
      input.setRawMode(false);
      input.pause();
      output.write('\n');
    };
    const onData = (text: string) => {
      for (const key of text) {
        if (key === '\r' || key === '\n') {
          end();
          return resolve(typed);
        }
        if (key === '\u0003' || key === '\u0004') {
          end();
          return reject(new ContractError('cancelled', 'Cancelled.'));
        }
        if (key === '\u007f' || key === '\b') typed = [...typed].slice(0, -1).join('');
        else if (key >= ' ') typed += key;
      }
    };
    input.on('data', onData);
  });
}
