import { ArrowLeft, ArrowRight } from 'lucide-react';
import type { Path } from '#shared/contract/knowledge.ts';
import { useText } from '#renderer/ui/index.ts';
import { EntityLine, relationLabel, typeLabel } from '../entity-parts.tsx';

/** From left to right; an arrow points the way the relationship itself does. */
export function PathChain({ path, number }: { path: Path; number: number }) {
  const t = useText();
  return (
    <div className="path-chain" role="group" aria-label={t('paths.label', { number })}>
      {path.nodes.map((node, index) => {
        const edge = path.edges[index - 1];
        const forward = edge?.target === node.id;
        return (
          <div key={node.id} className="path-step">
            {edge ? (
              <span className="path-edge">
                {relationLabel(t, edge.relationshipType, forward ? 'out' : 'in')}
                {forward ? <ArrowRight size={16} aria-hidden /> : <ArrowLeft size={16} aria-hidden />}
              </span>
            ) : null}
            <span className="path-node">
              <span className="label">{typeLabel(t, node.type)}</span>
              <EntityLine entity={node} />
            </span>
          </div>
        );
      })}
    </div>
  );
}

export function PathTable({ path, number }: { path: Path; number: number }) {
  const t = useText();
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={t('paths.label', { number })}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('entity.relation')}</th>
            <th scope="col">{t('entity.neighbour')}</th>
            <th scope="col">{t('explore.type')}</th>
          </tr>
        </thead>
        <tbody>
          {path.nodes.map((node, index) => {
            const edge = path.edges[index - 1];
            return (
              <tr key={node.id}>
                <td>{edge ? relationLabel(t, edge.relationshipType, edge.target === node.id ? 'out' : 'in') : t('paths.start')}</td>
                <td>
                  <EntityLine entity={node} />
                </td>
                <td>{typeLabel(t, node.type)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
