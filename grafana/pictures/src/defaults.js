// What Grafana takes where a panel does not say; each kind of panel has its own.
const LEGEND = { showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [] };
const OPTIONS = {
  stat: { graphMode: 'area', colorMode: 'value', justifyMode: 'auto', textMode: 'auto', wideLayout: true, orientation: 'auto' },
  bargauge: {
    displayMode: 'gradient', valueMode: 'color', namePlacement: 'auto', showUnfilled: true, orientation: 'auto',
    minVizWidth: 8, minVizHeight: 16, maxVizHeight: 300,
  },
  table: { showHeader: true, cellHeight: 'sm' },
  timeseries: { legend: LEGEND },
};
const COLOURS = { stat: 'thresholds', bargauge: 'thresholds', table: 'thresholds', timeseries: 'palette-classic' };
const STEPS = { mode: 'absolute', steps: [{ value: null, color: 'green' }, { value: 80, color: 'red' }] };

/** The panel with all that it does not say itself. */
export function whole(panel) {
  const { defaults, ...fieldConfig } = { defaults: {}, overrides: [], ...panel.fieldConfig };
  const color = { mode: COLOURS[panel.type] ?? 'thresholds' };
  return {
    targets: [],
    ...panel,
    options: { ...OPTIONS[panel.type], ...panel.options },
    fieldConfig: { ...fieldConfig, defaults: { color, thresholds: STEPS, ...defaults } },
  };
}
