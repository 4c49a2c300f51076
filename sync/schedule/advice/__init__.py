"""The advice, by article in the articles' order: each rule a short function beside its neighbours (`registry`)."""

from sync.schedule.advice import information, introductions, meaningful, no_article, recruiters, situations

ARTICLES = (information, situations, introductions, meaningful, recruiters, no_article)
