import { connect } from '#renderer/client/index.ts';
import { start } from './start.tsx';

start(connect);
