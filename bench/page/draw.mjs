// Draws the pictures that a list on standard input describes, as SVG: [{file, title, labels, series, unit, logarithmic}]
import { writeFileSync } from 'node:fs'
import { json } from 'node:stream/consumers'
import * as echarts from 'echarts'

const colors = ['#2563eb', '#d97706']

for (const { file, title, labels, series, unit, kind, logarithmic } of await json(process.stdin)) {
  const isLine = kind === 'line'
  const height = isLine ? 320 : 110 + labels.length * 26 * Math.max(1, series.length * 0.75)
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 760, height })
  const names = { type: 'category', data: labels, inverse: !isLine, axisTick: { show: false } }
  const values = { type: logarithmic ? 'log' : 'value', name: unit, nameLocation: 'middle', nameGap: 30 }
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    color: colors,
    title: { text: title, left: 12, top: 8, textStyle: { fontSize: 15 } },
    legend: series.length > 1 ? { top: 34, right: 16 } : undefined,
    grid: { left: 16, right: 76, top: series.length > 1 ? 64 : 44, bottom: 44, containLabel: true },
    xAxis: isLine ? names : values,
    yAxis: isLine ? { ...values, nameLocation: 'end' } : names,
    series: series.map(({ name, data }) => ({
      name,
      data,
      type: isLine ? 'line' : 'bar',
      barMaxWidth: 18,
      label: { show: true, position: isLine ? 'top' : 'right', formatter: ({ value }) => format(value) },
    })),
  })
  // What is read out to those who do not see it.
  const svg = chart.renderToSVGString().replace(/<svg[^>]*>/, (tag) => `${tag}\n<title>${title}</title>`)
  writeFileSync(file, `${svg}\n`)
  chart.dispose()
}

function format(value) {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1)
}
