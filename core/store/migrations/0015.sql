-- Version 15: the first message of a talk, until one of it is known to have been taken.

ALTER TABLE cursors ADD COLUMN begun TEXT NOT NULL DEFAULT '';
