package dialog

import (
	"context"
	"time"

	"isthmus/core/xep"
)

// conversation is what a person has begun with the bot.
type conversation struct {
	command *Command
	who     Asker
	// line is the line that began it and words its arguments, until the first form tells what they mean; given are those that
	// no form has asked for yet, by the names of fields.
	line  string
	words []word
	given map[string]string
	// form is what is asked, answers what has been answered of it, and asking the question that waits, nil for the whole sheet.
	form    *xep.Form
	then    Step
	answers xep.Answers
	asking  *xep.Field
	left    func() // hears that nobody will answer (Outcome.Abandon), nil where nobody cares or a step has the answer
	touched time.Time
	// stop ends the step that runs, nil where none does; stopping tells that the person asked for that.
	stop     context.CancelFunc
	stopping bool
}

func (c *conversation) stale(now time.Time) bool {
	return c.stop == nil && now.Sub(c.touched) > idleTime
}

// endChat ends the conversation, at the form that waits.
func (p *person) endChat() {
	if p.chat != nil {
		Outcome{Abandon: p.chat.left}.left()
		p.chat = nil
	}
}

// optional are the answers to what need not be answered.
func optional(form *xep.Form, answers xep.Answers) xep.Answers {
	rest := xep.Answers{}
	for i := range form.Fields {
		if values, ok := answers[form.Fields[i].Name]; ok && !form.Fields[i].Required {
			rest[form.Fields[i].Name] = values
		}
	}
	return rest
}

// take answers what it can of the form with the given arguments, and says which of them will not do, and whether there was a secret.
func (c *conversation) take() (problems []string, exposed bool) {
	for i := range c.form.Fields {
		field := &c.form.Fields[i]
		text, ok := c.given[field.Name]
		if !ok || field.Kind == xep.Fixed || field.Kind == xep.Hidden {
			continue
		}
		delete(c.given, field.Name)
		exposed = exposed || field.Kind == xep.Secret
		values, problem := understand(field, text)
		if problem != "" {
			problems = append(problems, problem)
			continue
		}
		c.answers[field.Name] = values
	}
	return problems, exposed
}

// missing is the first field that must be answered and is not, nil where there is none.
func (c *conversation) missing() *xep.Field {
	for i := range c.form.Fields {
		field := &c.form.Fields[i]
		if _, ok := c.answers[field.Name]; field.Required && !ok && field.Kind != xep.Fixed && field.Kind != xep.Hidden {
			return field
		}
	}
	return nil
}
