-- Version 7: when people were last here.

CREATE TABLE people (
	transport TEXT NOT NULL,
	person TEXT NOT NULL,
	seen BIGINT NOT NULL, -- unix milliseconds; of the day, not of the moment
	PRIMARY KEY (transport, person)
);
