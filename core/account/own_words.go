package account

import (
	"isthmus/core/stanza"
	"isthmus/core/xep"
)

// returns are the ids of messages that servers send in the person's name to an address of ours: they come back as if the person had
// just written them. The oldest is forgotten first.
type returns struct {
	ids  map[string]bool
	list []string
}

// maxReturns is for how many messages that is remembered.
const maxReturns = 256

func (r *returns) add(id string) {
	if r.ids == nil {
		r.ids = map[string]bool{}
	}
	if len(r.list) >= maxReturns {
		delete(r.ids, r.list[0])
		r.list = r.list[1:]
	}
	r.ids[id] = true
	r.list = append(r.list, id)
}

// take tells whether a message has come back, and forgets it then.
func (r *returns) take(id string) bool {
	was := r.ids[id]
	delete(r.ids, id)
	return was
}

// showOwn shows what the person wrote in another client of the network, on all their devices as their own: m is the message as one of
// their clients would have sent it, from their bare JID, with an id of ours. Their server sends it in their name (XEP-0356 §5.3), or
// where it makes no copies of that, gives them the copy alone (XEP-0280). Without that privilege the text comes from the account's
// own address, so that nobody takes it for the other one's words; what has no text is left out.
func (a *Account) showOwn(m *stanza.Stanza, text string) {
	grant := a.Grants.Of(a.owner)
	tell := func() {
		if m.Child("", "body") != nil {
			a.tell(text)
		}
	}
	if !grant.Messages {
		tell()
		return
	}
	a.Grants.Sent(m.ID, func() { a.mail.put(tell) })
	if grant.CopiesSent() {
		a.returns.add(m.ID)
	} else {
		m = xep.SentCopy(m)
	}
	a.Stream.Show(grant.OnBehalf(stanza.JID{Domain: a.Domain}, m))
}
