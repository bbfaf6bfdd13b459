package transports

// FieldKind is how a field is shown and what it takes.
type FieldKind uint8

// The kinds of field.
const (
	Line    FieldKind = iota // one line of text
	Lines                    // several lines
	Number                   // a whole number
	Switch                   // "true" or "false"
	Secret                   // one line that is not shown again, and sealed where it is kept
	Leaning                  // "true", "false", or nothing: as it is at the level above
)

// Field describes one thing that a person may set. Core stores the values and shows them in forms; only the driver knows
// what they mean.
type Field struct {
	// Name is how forms and people's scripts call it.
	Name string
	// Label is what a person reads; Help says what it does and what may be written.
	Label, Help string
	Kind        FieldKind
	Default     []string
	// Sealed: it is shown, but may hold secrets, so it is sealed where it is kept, as a Secret is.
	Sealed bool
}

// Options are values by the names of fields.
type Options map[string][]string

// Get is the first value of a field, or its default.
func (o Options) Get(fields []Field, name string) string {
	if all := o.All(fields, name); len(all) > 0 {
		return all[0]
	}
	return ""
}

// All are the values of a field, or its defaults.
func (o Options) All(fields []Field, name string) []string {
	if values, ok := o[name]; ok {
		return values
	}
	for _, f := range fields {
		if f.Name == name {
			return f.Default
		}
	}
	return nil
}
