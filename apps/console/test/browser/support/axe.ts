import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Frame } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds wrong in one frame, as `<rule>: <element>`; rules for whole pages are left to the top frame. */
export async function axeFinds(frame: Frame): Promise<readonly string[]> {
  if (!(await frame.evaluate(() => 'axe' in window))) await frame.evaluate(axeSource);
  const isTop = frame.parentFrame() === null;
  const disabled = isTop ? [] : ['landmark-one-main', 'page-has-heading-one', 'region', 'bypass'];
  return frame.evaluate(async (rules) => {
    const { axe } = window as unknown as {
      axe: {
        run(
          context: unknown,
          options: unknown,
        ): Promise<{
          violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
        }>;
      };
    };
    const { violations } = await axe.run(document, {
      iframes: false,
      resultTypes: ['violations'],
      rules: Object.fromEntries(rules.map((id) => [id, { enabled: false }])),
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
    );
  }, disabled);
}
