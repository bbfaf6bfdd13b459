-- Version 16: of talks, which nobody keeps but the person's server, the messages are known and who has which reactions on them, so that it is found out after an outage what became of both.

CREATE TABLE talk_lines (
	account BIGINT NOT NULL,
	place   TEXT   NOT NULL,
	message TEXT   NOT NULL, -- the network's id
	who     TEXT   NOT NULL, -- the user who has reactions on it; '' for the message itself
	name    TEXT   NOT NULL, -- who that is called; of the message itself, the id of who said it
	emoji   TEXT   NOT NULL, -- JSON
	at      BIGINT NOT NULL, -- when it was written, in unix milliseconds
	PRIMARY KEY (account, place, message, who)
);

CREATE INDEX talk_lines_by_time ON talk_lines (account, place, at);
