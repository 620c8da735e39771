// What Prometheus and PostgreSQL answered, as the data frames that Grafana's data sources make of it.
import { FieldType, standardTransformers, standardTransformersRegistry, toDataFrame, transformDataFrame } from '@grafana/data';

const number = (text) => ({ '+Inf': Infinity, '-Inf': -Infinity, NaN }[text] ?? Number(text));

function legend(format, labels) {
  if (format && format !== '__auto') {
    return format.replace(/{{\s*([^}\s]+)\s*}}/g, (_, name) => labels[name] ?? '');
  }
  const { __name__: name = '', ...rest } = labels;
  const told = Object.entries(rest).map(([key, value]) => `${key}="${value}"`).join(', ');
  return told ? `${name}{${told}}` : name || 'Value';
}

function seriesFrame(series, target, step) {
  const samples = series.values ?? [series.value];
  const { __name__, ...labels } = series.metric;
  return toDataFrame({
    refId: target.refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: samples.map(([at]) => at * 1000), config: step ? { interval: step * 1000 } : {} },
      {
        name: 'Value', type: FieldType.number, labels, values: samples.map(([, text]) => number(text)),
        config: { displayNameFromDS: legend(target.legendFormat, series.metric) },
      },
    ],
  });
}

function labelledTable(result, target, alone) {
  const names = [...new Set(result.flatMap((series) => Object.keys(series.metric)))].filter((name) => name !== '__name__').sort();
  const rows = result.flatMap((series) => (series.values ?? [series.value]).map((sample) => [series.metric, sample]));
  return toDataFrame({
    refId: target.refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: rows.map(([, [at]]) => at * 1000) },
      ...names.map((name) => ({ name, type: FieldType.string, values: rows.map(([labels]) => labels[name] ?? '') })),
      { name: alone ? 'Value' : `Value #${target.refId}`, type: FieldType.number, values: rows.map(([, [, text]]) => number(text)) },
    ],
  });
}

const rowsFrame = ({ columns, rows }, target) => toDataFrame({
  refId: target.refId,
  fields: columns.map(({ name, type }, at) => ({ name, type, values: rows.map((row) => row[at]), config: {} })),
});

function framesOf(answer, target, alone) {
  if (answer.columns) return [rowsFrame(answer, target)];
  if (target.format === 'table') return [labelledTable(answer.result, target, alone)];
  return answer.result.map((series) => seriesFrame(series, target, answer.step));
}

function register() {
  standardTransformersRegistry.setInit(() => [...new Set(Object.values(standardTransformers))].map((made) => ({
    id: made.id, name: made.name, transformation: () => Promise.resolve(made), editor: () => null,
  })));
}
register();

/** The panel's frames, through its own transformations. `answers`: by the query's refId. */
export function frames(panel, answers, replaceVariables) {
  const asked = panel.targets.filter((target) => !target.hide && answers[target.refId]);
  const plain = asked.flatMap((target) => framesOf(answers[target.refId], target, asked.length === 1));
  const context = { interpolate: replaceVariables };
  return new Promise((resolve, reject) => {
    transformDataFrame(panel.transformations ?? [], plain, context).subscribe({ next: resolve, error: reject });
  });
}
