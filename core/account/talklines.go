package account

import (
	"time"

	"isthmus/core/store"
	"isthmus/transports"
)

// A talk has no archive here. So that it is found out after an outage what became of its messages, the store knows which there are, and who has which reactions on them.

// maxTalkLines is of how many messages of a talk it is asked what has become of them.
const maxTalkLines = 50

// reviews tells whether what became of the messages of a talk can be asked for.
func (a *Account) reviews(place transports.Place) bool {
	_, can := a.session.(transports.Reviewer)
	return can && a.remembers && place.Room == ""
}

// talkLine is a message of a talk.
func (a *Account) talkLine(place transports.Place, id transports.MessageID, from transports.UserID, at time.Time) []store.Change {
	if !a.reviews(place) || id == "" {
		return nil
	}
	if at.IsZero() {
		at = time.Now()
	}
	return []store.Change{store.PutTalkLine{TalkLine: store.TalkLine{Account: a.id, Place: PlaceKey(place), Message: string(id), Name: string(from), At: at.UnixMilli()}}}
}

// reactionLine is what a user has of reactions on a message of a talk.
func (a *Account) reactionLine(place transports.Place, id transports.MessageID, by transports.User, emoji []string) []store.Change {
	if !a.reviews(place) {
		return nil
	}
	return []store.Change{store.PutTalkLine{TalkLine: store.TalkLine{Account: a.id, Place: PlaceKey(place), Message: string(id), Who: string(by.ID), Name: by.Name, Emoji: emoji,
		At: time.Now().UnixMilli()}}}
}

// noLine is that a message of a talk is gone.
func (a *Account) noLine(place transports.Place, id transports.MessageID) []store.Change {
	if !a.reviews(place) {
		return nil
	}
	return []store.Change{store.DropTalkLines{Account: a.id, Place: PlaceKey(place), Message: string(id)}}
}

// reviewTalk finds what has become of the last messages of a talk, as review does in a room.
func (l lookUp) reviewTalk(reviewer transports.Reviewer, talk transports.Place) []transports.Event {
	lines, err := l.store.TalkLines(l.ctx, l.account, PlaceKey(talk), maxTalkLines)
	if err != nil {
		l.failed("the lines of a talk", err)
		return nil
	}
	there, ids := map[transports.MessageID]*taken{}, []transports.MessageID{}
	for _, line := range lines {
		id, who := transports.MessageID(line.Message), transports.UserID(line.Who)
		switch was := there[id]; {
		case who == "":
			there[id] = &taken{transports.User{ID: transports.UserID(line.Name)}, map[transports.UserID]reacted{}}
			ids = append(ids, id)
		case was != nil:
			was.reactions[who] = reacted{transports.User{ID: who, Name: line.Name}, line.Emoji}
		}
	}
	return l.becameOf(reviewer, talk, there, ids)
}
