<?php
// sabre/vobject (PHP): every event of each file named, as JSON; its own validator must have nothing against it.
require_once 'Sabre/VObject/autoload.php';
// Versions before 3, such as Debian's, hand out a TEXT value as it stands in the file.
$plain = fn($text) => version_compare(Sabre\VObject\Version::VERSION, '3', '<')
    ? strtr($text, ['\\\\' => '\\', '\\,' => ',', '\\;' => ';', '\\n' => "\n", '\\N' => "\n"]) : $text;
$answer = [];
foreach (array_slice($argv, 1) as $path) {
    $calendar = Sabre\VObject\Reader::read(file_get_contents($path));
    $wrong = array_map(fn($w) => $w['level'] . ': ' . $w['message'], $calendar->validate());
    $wrong = array_values(array_filter($wrong, fn($w) => $w[0] > '1'));
    $events = [];
    foreach ($calendar->VEVENT as $event) {
        $moment = fn($property) => $property->hasTime()
            ? $property->getDateTime()->setTimezone(new DateTimeZone('UTC'))->format('Y-m-d\TH:i:s\Z')
            : $property->getDateTime()->format('Y-m-d');
        $alarms = [];
        foreach ($event->select('VALARM') as $alarm) {
            $alarms[] = $alarm->getEffectiveTriggerTime()->setTimezone(new DateTimeZone('UTC'))->format('Y-m-d\TH:i:s\Z');
        }
        $events[(string) $event->UID] = [
            'start' => $moment($event->DTSTART), 'end' => $moment($event->DTEND),
            'summary' => $plain((string) $event->SUMMARY), 'alarms' => $alarms];
    }
    $answer[$path] = ['events' => $events, 'wrong' => $wrong];
}
echo json_encode($answer, JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR);
