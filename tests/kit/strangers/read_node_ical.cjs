// node-ical (JavaScript): every event of each file named, as JSON.
const { createRequire } = require('node:module');
const ical = createRequire(process.cwd() + '/')('node-ical');
const two = (number) => String(number).padStart(2, '0');
const day = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
const moment = (date, type) => (type === 'date' ? day(date) : date.toISOString().replace('.000Z', 'Z'));
const plain = (text) => (typeof text === 'object' && text !== null ? text.val : text);
const answer = {};
for (const path of process.argv.slice(2)) {
  const events = {};
  for (const event of Object.values(ical.sync.parseFile(path))) {
    if (event.type !== 'VEVENT') continue;
    events[event.uid] = {
      start: moment(event.start, event.datetype),
      end: moment(event.end, event.datetype),
      summary: plain(event.summary),
      alarms: (event.alarms || []).length,
    };
  }
  answer[path] = { events, wrong: [] };
}
console.log(JSON.stringify(answer));
