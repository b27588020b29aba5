// Imported before the engine by each entry point: the heap that loading the code grows is kept for good.
import { keepHeapSmall } from './heap.ts';

keepHeapSmall();
