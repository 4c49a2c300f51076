"""The advice, by article in the articles' order: each rule a short function beside its neighbours (`registry`)."""

from sync.schedule.advice import information, introductions, meaningful, own, recruiters, situations

ARTICLES = (information, situations, introductions, meaningful, recruiters, own)
