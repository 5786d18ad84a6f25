import { type PlotOptions, plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { html, Markup } from './markup.js';

const { document } = parseHTML('<!doctype html><html></html>');
const WIDTH = 480;

/** A chart as SVG, drawn on the server. Screen readers get `label` instead of its shapes. Colours are the page's variables. */
export function chart(label: string, options: PlotOptions): Markup {
  const figure = plot({ document, width: WIDTH, style: { fontSize: '12.5px', fontFamily: 'inherit' }, ...options });
  // The style element that the library repeats in every chart is in the page's style once.
  // The chart is one image with one name, so that its shapes need none.
  const svg = figure.outerHTML
    .replaceAll(/ aria-label="[^"]*"/g, '')
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace('<svg ', '<svg focusable="false" ');
  return html`<div class="chart" role="img" aria-label="${label}">${new Markup(svg)}</div>`;
}
