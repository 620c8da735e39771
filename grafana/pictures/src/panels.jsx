// One function for each kind of panel that Grafana publishes the component of. Others are left out, and it is said.
import {
  FieldType, VizOrientation, dateTime, getDisplayProcessor, getDisplayValueAlignmentFactors, getFieldDisplayValues,
} from '@grafana/data';
import { BarGauge, BigValue, TimeSeries, VizRepeater } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';

const valuesOf = ({ panel, data, theme, timeZone, replaceVariables }, sparkline) => getFieldDisplayValues({
  data, theme, timeZone, replaceVariables, sparkline, fieldConfig: panel.fieldConfig, reduceOptions: panel.options.reduceOptions,
});

function orientationOf({ width, height }, wanted) {
  if (wanted && wanted !== VizOrientation.Auto) return wanted;
  return width > height ? VizOrientation.Vertical : VizOrientation.Horizontal;
}

function repeated(drawn, values, orientation, renderValue, extra = {}) {
  const { width, height, data } = drawn;
  return (
    <VizRepeater getValues={() => values} getAlignmentFactors={getDisplayValueAlignmentFactors} renderValue={renderValue}
      source={data} renderCounter={1} {...{ width, height, orientation }} {...extra} />
  );
}

function Stat(drawn) {
  const { options } = drawn.panel;
  const values = valuesOf(drawn, options.graphMode !== 'none');
  const one = ({ value, alignmentFactors, width, height, count }) => (
    <BigValue value={value.display} sparkline={value.sparkline} theme={drawn.theme} text={options.text}
      colorMode={options.colorMode} graphMode={options.graphMode} justifyMode={options.justifyMode} textMode={options.textMode}
      disableWideLayout={!options.wideLayout} {...{ alignmentFactors, width, height, count }} />
  );
  return repeated(drawn, values, options.orientation, one, { autoGrid: true, itemSpacing: 3 });
}

function Bars(drawn) {
  const { options } = drawn.panel;
  const { theme, timeZone } = drawn;
  const one = ({ value: { field, display, view, colIndex }, alignmentFactors, orientation, width, height }) => (
    <BarGauge value={display} field={field} theme={theme} text={options.text} itemSpacing={8} lcdCellWidth={12}
      display={view?.getFieldDisplayProcessor(colIndex) ?? getDisplayProcessor({ field: { type: FieldType.number, config: field }, theme, timeZone })}
      displayMode={options.displayMode} valueDisplayMode={options.valueMode} showUnfilled={options.showUnfilled}
      namePlacement={options.namePlacement} {...{ alignmentFactors, orientation, width, height }} />
  );
  const sizes = { minVizWidth: options.minVizWidth, minVizHeight: options.minVizHeight, maxVizHeight: options.maxVizHeight };
  return repeated(drawn, valuesOf(drawn, false), orientationOf(drawn, options.orientation), one, sizes);
}

// As Grafana's own panel has it: what is no number is a gap.
const withGaps = (data) => data.map((frame) => ({
  ...frame,
  fields: frame.fields.map((field) => (
    field.type === FieldType.number
      ? { ...field, values: field.values.map((value) => (Number.isFinite(value) ? value : null)) }
      : field
  )),
}));

function Lines({ panel, data, width, height, timeZone, range }) {
  const timeRange = { from: dateTime(range.from), to: dateTime(range.to), raw: range };
  return <TimeSeries frames={withGaps(data)} legend={panel.options.legend} options={panel.options} {...{ width, height, timeZone, timeRange }} />;
}

function Rows({ panel, data, width, height }) {
  return <TableNG data={data[0]} noHeader={!panel.options.showHeader} cellHeight={panel.options.cellHeight}
    sortBy={panel.options.sortBy} fieldConfig={panel.fieldConfig} enableVirtualization={false} {...{ width, height }} />;
}

const isEmpty = (data) => !data.some((frame) => frame.length > 0);
const EMPTY_BY_ITSELF = ['stat', 'bargauge'];  // these say in their own way that there is nothing
const DRAWN = { stat: Stat, bargauge: Bars, timeseries: Lines, table: Rows };

function Said({ words }) {
  return <div style={{ height: '100%', display: 'grid', placeItems: 'center', opacity: 0.8 }}>{words}</div>;
}

/** What is inside a panel of this size. `drawn`: the panel, its data, and what is needed to show them. */
export function inside({ panel, data, ...drawn }, size) {
  const Kind = DRAWN[panel.type];
  if (!Kind) return <Said words={`Grafana publishes no component that draws this: ${panel.type}.`} />;
  if (isEmpty(data) && !EMPTY_BY_ITSELF.includes(panel.type)) return <Said words={panel.fieldConfig.defaults.noValue ?? 'No data'} />;
  return <Kind panel={panel} data={data} {...drawn} {...size} />;
}
