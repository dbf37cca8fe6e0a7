// The control protocol of Node's peers: one JSON object per line, commands in, events out.
import readline from 'node:readline';

export function tell(event) {
  process.stdout.write(JSON.stringify(event) + '\n');
}

/** Gives every command to the function until standard input ends. */
export function commands(handle, ended = () => process.exit(0)) {
  readline.createInterface({ input: process.stdin }).on('line', (line) => handle(JSON.parse(line))).on('close', ended);
}

// A defect of the stack under test must not end the process: the test reads of it.
for (const kind of ['uncaughtException', 'unhandledRejection']) {
  process.on(kind, (e) => tell({ event: 'error', command: kind, message: String(e?.stack ?? e) }));
}
