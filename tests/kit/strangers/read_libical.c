/* libical (C; Evolution, KDE, Cyrus): every event of each file named, as lines uid TAB start TAB end TAB alarms TAB
   summary in hexadecimal; a property it could not read is a line "!" TAB reason. Zones come from the file itself. */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *slurp(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) exit(2);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = calloc(size + 1, 1);
    if (fread(text, 1, size, file) != (size_t)size) exit(2);
    fclose(file);
    return text;
}

static void moment(struct icaltimetype time) {
    if (time.is_date)
        printf("%04d-%02d-%02d\t", time.year, time.month, time.day);
    else {
        time = icaltime_convert_to_zone(time, icaltimezone_get_utc_timezone());
        printf("%04d-%02d-%02dT%02d:%02d:%02dZ\t", time.year, time.month, time.day, time.hour, time.minute, time.second);
    }
}

static void errors(icalcomponent *component) {
    for (icalproperty *p = icalcomponent_get_first_property(component, ICAL_XLICERROR_PROPERTY); p;
         p = icalcomponent_get_next_property(component, ICAL_XLICERROR_PROPERTY))
        printf("!\t%s\n", icalproperty_get_xlicerror(p));
    for (icalcomponent *c = icalcomponent_get_first_component(component, ICAL_ANY_COMPONENT); c;
         c = icalcomponent_get_next_component(component, ICAL_ANY_COMPONENT))
        errors(c);
}

int main(int count, char **paths) {
    for (int at = 1; at < count; at++) {
        icalcomponent *calendar = icalparser_parse_string(slurp(paths[at]));
        printf("=\t%s\n", paths[at]);
        if (!calendar) return 3;
        if (!icalrestriction_check(calendar)) printf("!\ticalrestriction_check\n");
        errors(calendar);
        for (icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); event;
             event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
            printf("%s\t", icalcomponent_get_uid(event));
            moment(icalcomponent_get_dtstart(event));
            moment(icalcomponent_get_dtend(event));
            printf("%d\t", icalcomponent_count_components(event, ICAL_VALARM_COMPONENT));
            for (const unsigned char *c = (const unsigned char *)icalcomponent_get_summary(event); *c; c++)
                printf("%02x", *c);
            printf("\n");
        }
    }
    return 0;
}
