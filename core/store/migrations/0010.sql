-- Version 10: when what happened last to messages of a place did, by the network's clock, so that a history does not tell it again.

ALTER TABLE cursors ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;
