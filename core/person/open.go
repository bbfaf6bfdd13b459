package person

import (
	"slices"
	"time"

	"isthmus/core/stanza"
	"isthmus/transports"

	xmpp "mellium.im/xmpp/stanza"
)

// open makes an account; where it connects without being asked, it does so after a while.
func (h *Hub) open(key Key, after time.Duration) (Account, *stanza.Error) {
	if h.stopping {
		return nil, &stanza.Error{Type: xmpp.Wait, Condition: xmpp.ServiceUnavailable, Text: "The gateway is shutting down. Try again in a moment."}
	}
	scope, refusal := h.admit(key)
	if refusal != nil {
		return nil, refusal
	}
	if most := h.Policy.Limits.Networks; most > 0 && len(h.owned[key.Owner]) >= most {
		return nil, h.Policy.tooManyNetworks()
	}
	a := h.Open(key, scope, h.Policy.Limits)
	h.accounts[key] = a
	h.owned[key.Owner] = append(h.owned[key.Owner], key.Key)
	slices.Sort(h.owned[key.Owner])
	a.Start(after)
	a.Run(func() { h.post(func() { h.forget(key, a) }) })
	return a, nil
}

// admit finds the scope of an account, or says why its owner may not have it.
func (h *Hub) admit(key Key) (transports.Scope, *stanza.Error) {
	if !h.Policy.Allows(key.Owner) {
		return "", h.Policy.refusal()
	}
	scope, err := h.Scope(key)
	if err != nil {
		return "", h.Refusal(err)
	}
	return scope, h.Policy.RefuseNetwork(key.Owner, scope, h.Registered)
}

// dismiss ends an account that may not be any more.
func (h *Hub) dismiss(key Key, a Account, refusal *stanza.Error) {
	h.dismissed[key] = refusal
	a.Dismiss(refusal.Text)
}

// forget takes out an account that has ended, once.
func (h *Hub) forget(key Key, a Account) {
	if h.accounts[key] != a {
		return
	}
	delete(h.accounts, key)
	delete(h.dismissed, key)
	h.owned[key.Owner] = slices.DeleteFunc(h.owned[key.Owner], func(k string) bool { return k == key.Key })
	if len(h.owned[key.Owner]) == 0 {
		delete(h.owned, key.Owner)
	}
}
