// Entry of the engine process: forked by the extension host with an IPC channel (`serialization: 'advanced'`, so typed
// arrays arrive as such). stdout and stderr are for logs. It ends when asked to and when its parent is gone.
import process from 'node:process';
import { IPCMessageReader, IPCMessageWriter, createMessageConnection } from 'vscode-jsonrpc/node';
import { Engine } from '../engine.ts';
import { hubHandlers } from './hubHandlers.ts';
import { startServer } from './server.ts';

/** Longest the engine may take to close its files once its parent is gone, in milliseconds. */
const farewellMs = 1000;

const exit = (): void => process.exit(0);

if (process.send === undefined) {
  process.stderr.write(
    'This is the engine of the Monosem extension; it is started by VS Code. Use the monosem command instead.\n',
  );
  process.exit(2);
}

const server = startServer({
  connection: createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process)),
  createEngine: (cache) => Engine.create(cache),
  providers: () => Engine.providers(),
  hub: hubHandlers,
  log: (message) => process.stderr.write(`${message}\n`),
  exit,
});

process.once('disconnect', () => {
  setTimeout(exit, farewellMs).unref();
  server.stop().then(exit, exit);
});
