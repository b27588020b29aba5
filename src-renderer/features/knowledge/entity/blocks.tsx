import { type ComponentType, createContext, useContext } from 'react';
import type { Entity } from '#shared/contract/knowledge.ts';

/** What another feature says of an entity, on the entity's own page. It draws nothing where it has nothing to say. */
export interface EntityBlock {
  readonly name: string;
  readonly block: ComponentType<{ id: string; type: string }>;
}

/** The app's list of blocks reaches the page by this, as features do not know each other. */
export const EntityBlocks = createContext<readonly EntityBlock[]>([]);

export function Blocks({ entity: { id, type } }: { entity: Pick<Entity, 'id' | 'type'> }) {
  return useContext(EntityBlocks).map(({ name, block: Block }) => <Block key={name} id={id} type={type} />);
}
