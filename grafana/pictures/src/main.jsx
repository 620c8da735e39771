// window.draw(dashboard, recorded): the panels of a dashboard on its own grid, from recorded answers.
import '@fontsource/inter/400.css';
import '@fontsource/inter/500.css';
import { EventBusSrv, ThemeContext, createTheme } from '@grafana/data';
import { GlobalStyles, PanelChrome, PanelContextProvider } from '@grafana/ui';
import { createRoot } from 'react-dom/client';

import { whole } from './defaults.js';
import { configured } from './fields.js';
import { frames } from './frames.js';
import { inside } from './panels.jsx';

const CELL = 30;  // a row of Grafana's grid of 24 columns, and what lies between two, in CSS px
const GAP = 8;
const COLUMNS = 24;
const CONTEXT = { eventsScope: 'picture', eventBus: new EventBusSrv() };

function placed({ x, y, w, h }, width) {
  const column = (width - GAP * (COLUMNS + 1)) / COLUMNS;
  return {
    left: GAP + x * (column + GAP), top: GAP + y * (CELL + GAP),
    width: w * column + (w - 1) * GAP, height: h * CELL + (h - 1) * GAP,
  };
}

function Panel({ drawn, at }) {
  const { panel, replaceVariables } = drawn;
  return (
    <div data-panel={panel.id} style={{ position: 'absolute', ...at }}>
      <PanelChrome title={replaceVariables(panel.title ?? '')} description={panel.description} width={at.width} height={at.height}
        displayMode={panel.transparent ? 'transparent' : 'default'}>
        {(width, height) => inside(drawn, { width, height })}
      </PanelChrome>
    </div>
  );
}

function Row({ title, at }) {
  return <div style={{ position: 'absolute', ...at, fontWeight: 500, lineHeight: `${at.height}px` }}>{title}</div>;
}

function Dashboard({ drawings, theme, width }) {
  const places = drawings.map(({ panel }) => placed(panel.gridPos, width));
  const height = Math.max(...places.map((at) => at.top + at.height)) + GAP;
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <PanelContextProvider value={CONTEXT}>
        <div id="drawn" style={{ position: 'relative', width, height, background: theme.colors.background.canvas }}>
          {drawings.map((drawn, at) => (
            drawn.panel.type === 'row'
              ? <Row key={drawn.panel.id} title={drawn.replaceVariables(drawn.panel.title)} at={places[at]} />
              : <Panel key={drawn.panel.id} drawn={drawn} at={places[at]} />
          ))}
        </div>
      </PanelContextProvider>
    </ThemeContext.Provider>
  );
}

// $name, ${name} and ${name:text}.
const withVariables = (variables) => (text) => String(text).replace(
  /\$\{(\w+)(?::(\w+))?\}|\$([A-Za-z]\w*)/g,
  (as_written, braced, form, plain) => variables[braced ?? plain]?.[form === 'text' ? 'text' : 'value'] ?? as_written,
);

async function drawing(plainPanel, recorded, theme) {
  const panel = whole(plainPanel);
  const replaceVariables = withVariables(recorded.variables);
  const told = { theme, timeZone: recorded.timeZone, replaceVariables };
  const { answers, range } = recorded.panels[panel.title] ?? { answers: {} };
  const plain = await frames(panel, answers, replaceVariables);
  return { panel, data: configured(plain, panel.fieldConfig, told), range, ...told };
}

// Grafana measures its words before it draws them: by another letter's width they would not fit.
const lettersAreHere = () => Promise.all([400, 500].map((weight) => document.fonts.load(`${weight} 14px Inter`)));

window.draw = async (dashboard, recorded, { width, mode }) => {
  await lettersAreHere();
  const theme = createTheme({ colors: { mode } });
  const drawings = await Promise.all(dashboard.panels.map((panel) => drawing(panel, recorded, theme)));
  createRoot(document.getElementById('dashboard')).render(<Dashboard {...{ drawings, theme, width }} />);
};
