import { expect, it } from 'vitest';
import { takeStyles } from './take-styles.ts';

it('takes all rules out of the mark-up', () => {
  expect(takeStyles('<head><style>a{}</style><style media="print">b{}</style></head><p>x</p>')).toEqual({
    markup: '<head></head><p>x</p>',
    rules: 'a{}\nb{}',
  });
});
