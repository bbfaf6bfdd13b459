-- Version 14: what a relay has passed on is kept for as long as all else is.

ALTER TABLE relay_lines ADD COLUMN at BIGINT NOT NULL DEFAULT 0; -- when it was said, in unix milliseconds

CREATE INDEX relay_lines_by_age ON relay_lines (at);
