export { NetworkSeal } from './network-seal.tsx';
export { UnlockView } from './unlock-view.tsx';
