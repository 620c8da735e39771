// Grafana keeps the list of a field's options in its server's frontend, not in the published packages. This is that list:
// what of a panel's `fieldConfig` is put on each field. A panel's own options (`custom`) are read off the panel.
import {
  FieldConfigOptionsRegistry, FieldConfigProperty, applyFieldOverrides, displayNameOverrideProcessor,
} from '@grafana/data';

const asItIs = (value) => value;

// JSON has no infinity: the lowest step stands there as null.
const fromNull = (thresholds) => thresholds && {
  ...thresholds,
  steps: thresholds.steps.map((step) => ({ ...step, value: step.value ?? -Infinity })),
};

const READ_BY = {
  [FieldConfigProperty.Thresholds]: fromNull,
  [FieldConfigProperty.DisplayName]: displayNameOverrideProcessor,
};

const option = (id, path, isCustom = false) => ({
  id, path, isCustom, name: id, process: READ_BY[id] ?? asItIs, shouldApply: () => true,
});

function namesOfCustom(fieldConfig) {
  const overridden = fieldConfig.overrides.flatMap((rule) => rule.properties.map((property) => property.id));
  const plain = Object.keys(fieldConfig.defaults.custom ?? {}).map((name) => `custom.${name}`);
  return new Set([...plain, ...overridden.filter((id) => id.startsWith('custom.'))]);
}

function optionsOf(fieldConfig) {
  const registry = new FieldConfigOptionsRegistry();
  Object.values(FieldConfigProperty).forEach((id) => registry.register(option(id, id)));
  registry.register(option('description', 'description'));
  namesOfCustom(fieldConfig).forEach((id) => registry.register(option(id, id.slice('custom.'.length), true)));
  return registry;
}

/** The frames with units, thresholds, words and colours of the panel on their fields. */
export function configured(frames, fieldConfig, { theme, timeZone, replaceVariables }) {
  const fieldConfigRegistry = optionsOf(fieldConfig);
  return applyFieldOverrides({ data: frames, fieldConfig, fieldConfigRegistry, replaceVariables, theme, timeZone });
}
