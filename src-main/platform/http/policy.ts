import type { NetworkRule } from '#shared/contract/admin.ts';
import type { z } from 'zod';

/** What may leave. Names are compared whole: a rule for `example.org` says nothing of `www.example.org`. */
export interface NetworkPolicy {
  /** `host` in lower case, with `:port` where it is not the scheme's own. */
  allows(host: string, purpose: string): boolean;
  /** Whether the host may lie on this machine or in its own network: a local model, the org server. */
  allowsPrivate(host: string, purpose: string): boolean;
}

type Rule = z.infer<typeof NetworkRule>;

/** The user's rules, read anew for every request. Without a rule nothing leaves. */
export function policyOfRules(rules: () => readonly Rule[]): NetworkPolicy {
  return {
    allows: (host, purpose) => rules().some((rule) => rule.host.toLowerCase() === host && rule.purpose === purpose),
    allowsPrivate: () => false,
  };
}
