package dialog

import (
	"strings"

	"isthmus/core/stanza"
	"isthmus/core/xep"

	xmpp "mellium.im/xmpp/stanza"
)

// Menu are the commands of one place.
type Menu []Command

// The refusals of XEP-0050 §4.4.
var (
	noCommand = &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.ItemNotFound, Text: "There is no such command here."}
	forbidden = &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.Forbidden, Text: "This command is for the operators of the gateway."}
)

// node finds a command for clients.
func (m Menu) node(node string, operator bool) (*Command, *stanza.Error) {
	for i := range m {
		if m[i].Node != node || node == "" {
			continue
		}
		if m[i].Operator && !operator {
			return nil, forbidden
		}
		return &m[i], nil
	}
	return nil, noCommand
}

// word finds a command for the bot; whom it is not for does not learn of it.
func (m Menu) word(word string, operator bool) *Command {
	for i := range m {
		if len(m[i].Words) > 0 && strings.EqualFold(m[i].Words[0], word) && (operator || !m[i].Operator) {
			return &m[i]
		}
	}
	return nil
}

// Has tells whether a line to the bot begins with the word of a command.
func (m Menu) Has(line string) bool {
	word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	return strings.EqualFold(word, "help") || m.word(word, true) != nil
}

// spoken are the commands that the bot has for someone.
func (m Menu) spoken(operator bool) []*Command {
	var all []*Command
	for i := range m {
		if len(m[i].Words) > 0 && (operator || !m[i].Operator) {
			all = append(all, &m[i])
		}
	}
	return all
}

// Disco answers what service discovery asks about the commands of a place, or nil where it asks for something else
// (XEP-0050 §2.2). name is what the list is called.
func (m Menu) Disco(s *stanza.Stanza, name string, operator bool) *stanza.Stanza {
	if node, ok := xep.IsItems(s); ok {
		if node == xep.NSCommands {
			return s.Result(xep.CommandItems(s.To, m.items(operator)))
		}
		if _, problem := m.node(node, operator); problem != noCommand {
			return answer(s, xep.Items(node, nil), problem)
		}
		return nil
	}
	node, ok := xep.IsInfo(s)
	switch c, problem := m.node(node, operator); {
	case !ok:
		return nil
	case node == xep.NSCommands:
		return s.Result(xep.CommandListInfo(name).Query(node))
	case problem == noCommand:
		return nil
	case problem != nil:
		return s.Refuse(problem)
	default:
		return s.Result(xep.CommandInfo(c.Name).Query(node))
	}
}

func (m Menu) items(operator bool) []xep.CommandItem {
	var items []xep.CommandItem
	for _, c := range m {
		if c.Node != "" && !c.Unlisted && (operator || !c.Operator) {
			items = append(items, xep.CommandItem{Node: c.Node, Name: c.Name})
		}
	}
	return items
}

// answer is the result, or the refusal where there is a problem.
func answer(s *stanza.Stanza, result *stanza.Element, problem *stanza.Error) *stanza.Stanza {
	if problem != nil {
		return s.Refuse(problem)
	}
	return s.Result(result)
}
