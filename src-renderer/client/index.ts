export { isBranchId } from './branch.ts';
export { type Connection, connect, type RedoubtClient } from './connect.ts';
export {
  asContractError,
  type ChosenBranch,
  EngineProvider,
  type QueryState,
  useAction,
  useBranch,
  useClient,
  useJob,
  useJobs,
  useQuery,
} from './engine.tsx';
export { fetchExport, saveFile, toBase64, upload } from './files.ts';
export { finished } from './follow.ts';
