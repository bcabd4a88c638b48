// Draws every [data-chart] from the JSON beside it. Time runs from right to left in Persian.
const drawn = new Map();

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const rightToLeft = () => document.documentElement.dir === "rtl";
const written = (value) =>
  new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 }).format(value);

const font = () => ({ fontFamily: token("--tblr-font-sans-serif"), color: token("--mute"), fontSize: 12 });

const frame = (data) => ({
  textStyle: font(),
  animationDuration: 250,
  grid: { top: 14, bottom: 26, left: rightToLeft() ? 8 : 40, right: rightToLeft() ? 40 : 8 },
  xAxis: {
    type: "category",
    inverse: rightToLeft(),
    data: data.labels,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { ...font(), hideOverlap: true, margin: 10 },
  },
  yAxis: {
    type: "value",
    position: rightToLeft() ? "right" : "left",
    splitNumber: 4,
    min: data.min,
    max: data.max,
    minInterval: data.step,
    splitLine: { lineStyle: { color: token("--grid") } },
    axisLabel: { ...font(), formatter: written },
  },
  tooltip: {
    trigger: "axis",
    renderMode: "richText",
    backgroundColor: token("--surface"),
    borderColor: token("--line"),
    textStyle: { ...font(), color: token("--ink"), align: rightToLeft() ? "right" : "left" },
    formatter: (points) => {
      const row = data.rows[points[0].dataIndex];
      return [row.label, ...row.texts.map((text, i) => `${data.series[i].name}: ${text}`)].join("\n");
    },
  },
});

const colours = () => [token("--brand"), token("--brand-soft"), token("--amber-mark"), token("--bad"), token("--mute")];

// More is good of sales, and a burden of debts.
const step = (data, value) =>
  data.good ? (value < 0 ? "--bad" : "--heat-4") : value < 0 ? "--brand-soft" : "--amber-mark";

const kinds = {
  stacked: (data) => ({
    ...frame(data),
    series: data.series.map((series, i) => ({
      type: "bar",
      stack: "all",
      name: series.name,
      data: series.values,
      barMaxWidth: 22,
      itemStyle: {
        color: colours()[i],
        borderRadius: i === data.series.length - 1 ? [5, 5, 0, 0] : 0,
      },
    })),
  }),
  bars: (data) => ({
    ...frame(data),
    series: data.series.map((series, i) => ({
      type: "bar",
      name: series.name,
      data: series.values,
      barMaxWidth: 26,
      itemStyle: { color: colours()[i], borderRadius: [5, 5, 0, 0] },
    })),
  }),
  // Steps float between what was before and after; the first and last stand on the ground.
  waterfall: (data) => ({
    ...frame(data),
    series: [
      { type: "bar", stack: "all", silent: true, data: data.base, itemStyle: { color: "transparent" } },
      {
        type: "bar",
        stack: "all",
        name: data.series[0].name,
        barMaxWidth: 44,
        data: data.series[0].values.map((value, i) => ({
          value: Math.abs(value),
          itemStyle: {
            color: token(data.whole.includes(i) ? "--brand" : step(data, value)),
            borderRadius: value < 0 ? [0, 0, 5, 5] : [5, 5, 0, 0],
          },
        })),
      },
    ],
  }),
  // Who went where between two days. What was earlier stands where reading begins.
  sankey: (data) => ({
    textStyle: font(),
    animationDuration: 250,
    tooltip: {
      renderMode: "richText",
      backgroundColor: token("--surface"),
      borderColor: token("--line"),
      textStyle: { ...font(), color: token("--ink"), align: rightToLeft() ? "right" : "left" },
      formatter: ({ data: part }) => part.told,
    },
    series: [
      {
        type: "sankey",
        left: 4,
        right: 4,
        top: 8,
        bottom: 8,
        nodeWidth: 10,
        nodeGap: 12,
        layoutIterations: 0,
        draggable: false,
        emphasis: { focus: "adjacency" },
        lineStyle: { color: rightToLeft() ? "target" : "source", opacity: 0.28, curveness: 0.5 },
        data: data.nodes.map((node) => ({
          name: node.id,
          told: node.told,
          itemStyle: { color: token(node.tone), borderWidth: 0 },
          label: {
            ...font(),
            color: token("--ink"),
            position: node.first !== rightToLeft() ? "right" : "left",
            formatter: node.name,
          },
        })),
        links: data.links.map((link) => ({
          source: rightToLeft() ? link.to : link.from,
          target: rightToLeft() ? link.from : link.to,
          value: link.value,
          told: link.told,
        })),
      },
    ],
  }),
  line: (data) => ({
    ...frame(data),
    series: data.series.map((series, i) => ({
      type: "line",
      name: series.name,
      data: series.values,
      connectNulls: false,
      symbolSize: data.labels.length > 40 ? 0 : 5,
      smooth: 0.25,
      lineStyle: { width: 2, color: colours()[i] },
      itemStyle: { color: colours()[i] },
    })),
  }),
};

const draw = (element) => {
  const data = JSON.parse(document.getElementById(element.dataset.source).textContent);
  drawn.get(element)?.dispose();
  const chart = window.echarts.init(element, null, { renderer: "canvas" });
  chart.setOption(kinds[element.dataset.chart](data));
  drawn.set(element, chart);
};

const drawAll = () => document.querySelectorAll("[data-chart]").forEach(draw);

document.fonts.ready.then(drawAll);
new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
new ResizeObserver(() => drawn.forEach((chart) => chart.resize())).observe(document.body);
document.addEventListener("htmx:afterSettle", drawAll);
