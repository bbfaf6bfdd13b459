package relay

import "isthmus/transports"

// threaded notes which thread a message of the MUC is in (XEP-0201 §4): who is the first in one, begins it.
func (l *lines) threaded(n *line, thread string) {
	switch root := l.byThread[thread]; {
	case thread == "":
	case root != nil:
		n.root = root
	default:
		n.thread = thread
		l.byThread[thread] = n
	}
}

// threadOf is what the MUC calls the thread that a message is in, empty for none. One that began on a network is called by the message that it began with.
func (l *lines) threadOf(n *line) string {
	root := n.root
	if root == nil {
		return ""
	}
	if root.thread == "" {
		if root.thread = root.stanzaID; root.thread == "" {
			root.thread = root.said
		}
		if root.thread != "" {
			l.byThread[root.thread] = root
		}
	}
	return root.thread
}

// rootOf is the message whose thread a network names.
func (f *foreign) rootOf(thread transports.MessageID) *line {
	if thread == "" {
		return nil
	}
	return f.relay.lines.byForeign[foreignID{f, thread}]
}

// threadFor is the same for a network that has threads.
func (f *foreign) threadFor(l *line) transports.MessageID {
	if l.root == nil || f.can.Features&transports.Threads == 0 {
		return ""
	}
	return l.root.id(f)
}
