// ical.js (Mozilla Thunderbird's parser): every event of each file named, as JSON. Only the file's own zones are known.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
const { default: ICAL } = await import(pathToFileURL(createRequire(process.cwd() + '/').resolve('ical.js')).href);
ICAL.design.strict = true;
const moment = (time) => (time.isDate ? time.toString() : time.toJSDate().toISOString().replace('.000Z', 'Z'));
const answer = {};
for (const path of process.argv.slice(2)) {
  const calendar = new ICAL.Component(ICAL.parse(readFileSync(path, 'utf-8')));
  for (const zone of calendar.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(zone);
  const events = {};
  for (const component of calendar.getAllSubcomponents('vevent')) {
    const event = new ICAL.Event(component);
    const alarms = component.getAllSubcomponents('valarm').map((alarm) => {
      const start = event.startDate.clone();
      start.addDuration(alarm.getFirstPropertyValue('trigger'));
      return moment(start);
    });
    events[event.uid] = { start: moment(event.startDate), end: moment(event.endDate), summary: event.summary, alarms };
  }
  answer[path] = { events, wrong: [] };
  ICAL.TimezoneService.reset();
}
console.log(JSON.stringify(answer));
