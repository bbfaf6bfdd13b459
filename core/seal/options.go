package seal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// PackOptions makes data of options, in which the values of secret names are sealed for that name and for where: a text that says
// in which place the data is kept. The data is a JSON object: the values of a name are a list of strings, and what is
// sealed is a single string instead, which Open turns into such a list. So one can tell what is sealed without knowing what
// the names mean.
func (k *Keys) PackOptions(options map[string][]string, secret func(name string) bool, where string) []byte {
	packed := make(map[string]any, len(options))
	for name, values := range options {
		if values == nil {
			values = []string{}
		}
		packed[name] = values
		if secret(name) {
			packed[name] = string(k.Seal(encode(values), context(where, name)))
		}
	}
	return encode(packed)
}

// UnpackOptions gives the options of data. What cannot be opened is left out: the error says which names that concerns, and why,
// and the other options are returned with it.
func (k *Keys) UnpackOptions(data []byte, where string) (map[string][]string, error) {
	packed, err := parseOptions(data)
	if err != nil {
		return nil, err
	}
	options := make(map[string][]string, len(packed))
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(packed)) {
		values, err := k.values(packed[name], context(where, name))
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
			continue
		}
		options[name] = values
	}
	return options, errors.Join(problems...)
}

// Unopened gives what is sealed in data and cannot be opened, by name: the key may come back.
func (k *Keys) Unopened(data []byte, where string) map[string]string {
	packed, err := parseOptions(data)
	if err != nil {
		return nil
	}
	left := map[string]string{}
	for name, value := range packed {
		var sealed string
		if !isSealed(value) || json.Unmarshal(value, &sealed) != nil {
			continue
		}
		if _, err := k.Open([]byte(sealed), context(where, name)); err != nil {
			left[name] = sealed
		}
	}
	return left
}

// AddSealed adds to data what Unopened gave.
func AddSealed(data []byte, left map[string]string) ([]byte, error) {
	packed, err := parseOptions(data)
	if err != nil {
		return nil, err
	}
	if packed == nil {
		packed = map[string]json.RawMessage{}
	}
	for name, sealed := range left {
		packed[name] = encode(sealed)
	}
	return encode(packed), nil
}

// ResealOptions seals with the newest key what another one has sealed in data; changed tells whether there was such. What cannot
// be opened stays as it is and is told in the error.
func (k *Keys) ResealOptions(data []byte, where string) (fresh []byte, changed bool, err error) {
	packed, err := parseOptions(data)
	if err != nil {
		return data, false, err
	}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(packed)) {
		var sealed string
		if !isSealed(packed[name]) || json.Unmarshal(packed[name], &sealed) != nil || !k.Stale([]byte(sealed)) {
			continue
		}
		plain, err := k.Open([]byte(sealed), context(where, name))
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
			continue
		}
		packed[name], changed = encode(string(k.Seal(plain, context(where, name)))), true
	}
	if changed {
		data = encode(packed)
	}
	return data, changed, errors.Join(problems...)
}

// WithoutSecrets gives data without what is sealed in it: what may be shown. It needs no key.
func WithoutSecrets(data []byte) ([]byte, error) {
	packed, err := parseOptions(data)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(packed, func(_ string, value json.RawMessage) bool { return isSealed(value) })
	return encode(packed), nil
}

func (k *Keys) values(packed json.RawMessage, context string) (values []string, err error) {
	if isSealed(packed) {
		var sealed string
		if err := json.Unmarshal(packed, &sealed); err != nil {
			return nil, ErrBroken
		}
		if packed, err = k.Open([]byte(sealed), context); err != nil {
			return nil, err
		}
	}
	if err := json.Unmarshal(packed, &values); err != nil {
		return nil, ErrBroken
	}
	return values, nil
}

func isSealed(packed json.RawMessage) bool { return bytes.HasPrefix(packed, []byte(`"`)) }

func parseOptions(data []byte) (packed map[string]json.RawMessage, err error) {
	if len(data) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(data, &packed); err != nil {
		return nil, fmt.Errorf("the options are no JSON object: %w", err)
	}
	return packed, nil
}

func context(where, name string) string { return where + "\x00" + name }

// encode makes JSON of values of which it can always be made.
func encode(value any) []byte {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return data
}
