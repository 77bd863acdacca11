import { Connection } from './connection.ts';
import './elements/panel.ts';
import { store } from './store.ts';
import { startTheme } from './theme.ts';

startTheme();
const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
const connection = new Connection({
  url: `${scheme}://${location.host}/ws`,
  onMessage: (message) => store.apply(message),
  onOpen: (isOpen) => store.setServer(isOpen),
});
store.send = (command) => connection.send(command);
