#!/usr/bin/env node
import { requireNode } from './node-version.mjs';

requireNode(20);
import('./redoubt-run.mjs');
