package main

// What this example reads, by the schemas: types of whole messages are made from them by go-jsonschema,
// quicktype and the like.

// CaseView is the answer of the query state: schemas/answers/case_view.schema.json.
type CaseView struct {
	Platform *struct {
		Stage string `json:"stage"`
		Facts struct {
			ApplicationID string `json:"application_id"`
			Term          int    `json:"term"`
		} `json:"facts"`
	} `json:"platform"`
	Awaited []Awaited `json:"awaited"`
	LogSeq  int       `json:"log_seq"`
	LogHash string    `json:"log_hash"`
}

// Awaited says what must come next, from which role, by which article.
type Awaited struct {
	Kind string `json:"kind"`
	Role string `json:"role"`
	Rule string `json:"rule"`
}

// Receipt is the answer of the update decide: schemas/answers/receipt.schema.json.
type Receipt struct {
	Seq      int       `json:"seq"`
	Stage    string    `json:"stage"`
	Awaited  []Awaited `json:"awaited"`
	Repeated bool      `json:"repeated"`
}

// Refusal is the first detail of a failure of type Refused: schemas/answers/refusal.schema.json.
type Refusal struct {
	Rule    string    `json:"rule"`
	En      string    `json:"en"`
	Zh      string    `json:"zh"`
	Stage   string    `json:"stage"`
	Awaited []Awaited `json:"awaited"`
}
