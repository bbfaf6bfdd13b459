-- Version 9: which files came in a talk: they are the person's own, and are forgotten with them.

ALTER TABLE files ADD COLUMN personal BIGINT NOT NULL DEFAULT 0;
