// Imported first by every entry point, and by `--import` in every process and thread of ours.
import { installGuard } from './guard.ts';

installGuard();
