// Stands in for the engine where only the sending is measured: says when a message has arrived, and does nothing with it.
import process from 'node:process';

process.on('message', () => process.send?.('arrived'));
