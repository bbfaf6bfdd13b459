// Package dialog holds dialogues: commands that ask a person with forms, step by step, and end in a result. Each is described
// once and has several faces: ad-hoc commands (XEP-0050), registration (XEP-0077) and chat with the bot. The package knows
// neither accounts nor networks; what a command does is in its steps.
package dialog

import (
	"context"

	"isthmus/core/stanza"
	"isthmus/core/xep"
)

// Asker is who talks to us.
type Asker struct {
	// Person is the full JID. Occupant: it is that of an occupant of a room, and each of them is a person of their own.
	Person   stanza.JID
	Occupant bool
	// Operator may use the commands that are for operators.
	Operator bool
	// Place is what the command was addressed to; its meaning is the caller's.
	Place string
}

// Step goes on with a dialogue. It may block, until ctx ends: when the person cancels, after stepTime, or with the program.
// The answers fit the form that was asked (xep.Form.Check), whichever face they came from.
type Step func(ctx context.Context, answers xep.Answers) Outcome

// Outcome is where a step has led: to another form when Ask is set, else to the end.
type Outcome struct {
	// Ask is the next form, and Then the step that its answers go to.
	Ask  *xep.Form
	Then Step
	// More tells that further forms follow this one, so that clients offer "next" and not "finish".
	More bool
	// Wait goes on by itself, once what Ask shows has been done elsewhere. A face that can speak unasked runs it at once, for at most
	// waitTime; in the others the person says by Then when to look.
	Wait func(ctx context.Context) Outcome
	// Abandon is called, on a goroutine of its own, when the dialogue ends at this form: neither Then nor Wait will be. From a form
	// with it there is no way back to those before.
	Abandon func()
	// Note is told to the person, Warning as something to heed.
	Note, Warning string
	// Report is a result to show.
	Report *xep.Report
	// Problem refuses. With Ask, the form is asked again, its first answers kept, and the problem's text is told.
	Problem *stanza.Error
}

// left tells who waits for an answer to the form that there will be none.
func (o Outcome) left() {
	if o.Abandon != nil {
		go o.Abandon()
	}
}

// Command is the description of a dialogue.
type Command struct {
	// Node names it for clients and scripts, Name for people. Without a node it is for the bot alone.
	Node, Name string
	// Words are how the bot is told: the word itself, then the names of the fields that its arguments fill, in order, of
	// whichever form asks for them. Without words the bot does not have it.
	Words []string
	// Alone is what the word means to the bot without arguments, where that asks nothing although Start does.
	Alone func(context.Context, Asker) Outcome
	// Help is one line for the list; further lines are told when asked for it.
	Help string
	// Unlisted: found by its node alone, which is another that scripts know the command by.
	Unlisted bool
	// Operator: only for operators, and not shown to others.
	Operator bool
	// Start begins. It should ask before it acts, unless it needs no answers. Like a Step, it may block.
	Start func(context.Context, Asker) Outcome
}
