"""Where the rows of `docs/forgeries.md` are tried that are not about a decision's author: a test for each."""

_RAW = "tests/workflows/test_raw_starts.py"
_ROSTER = "tests/rules/test_roster.py"
_PROVEN = "tests/audit/test_proven_authors.py"
_READING = "tests/audit/test_reading.py"
_RECONCILING = "tests/audit/test_reconciling.py"
_SIGNED_DOSSIER = "tests/audit/test_signed_dossier.py"
_SIGNATURES = "tests/audit/test_signatures.py"
_VERIFY = "tests/audit/test_verify.py"
_WITNESS = "tests/audit/test_witness.py"
_STAMPS = "tests/audit/test_time_stamps.py"
_DIGESTS = "tests/audit/test_digests.py"
_RECEIPTS = "tests/audit/test_receipts_kept.py"
_COUNTERSIGN = "tests/starter/test_countersign.py"
_WAYS_IN = "tests/forgeries/test_ways_in.py"
_ERASURE = "tests/rules/test_erasure.py"

SEEN_IN = {
    "raw-update": f"{_WAYS_IN}::test_forged_by_every_way_in",
    "raw-signal": f"{_WAYS_IN}::test_forged_by_every_way_in",
    "by-http": f"{_WAYS_IN}::test_forged_by_every_way_in",
    "http-key-for-a-signature": "tests/service/test_roster_calls.py::test_a_key_of_the_service_is_no_signature",
    "http-substitute": "tests/service/test_who_may.py"
    "::test_a_substitute_acts_only_under_what_the_register_has",
    "service-changes-words": "tests/starter/test_signed_sending.py"
    "::test_what_a_service_changes_is_not_signed",
    "draft-altered": f"{_COUNTERSIGN}::test_only_what_was_signed_may_wait",
    "own-countersignature": f"{_COUNTERSIGN}::test_nobody_countersigns_their_own",
    "changed-after-signing": "tests/starter/test_signed_before.py::test_what_was_changed_since_is_not_sent",
    "whole-life": f"{_RAW}::test_a_whole_life_that_nobody_sent",
    "whole-life-in-an-archive": "tests/audit/test_origins.py::test_a_life_that_nobody_ever_sent_is_named",
    "ended-term-revived": f"{_RAW}::test_an_ended_term_is_not_made_valid_again",
    "second-life": f"{_RAW}::test_a_second_life_of_a_term",
    "second-opening": "tests/audit/test_origins.py::test_a_log_that_is_opened_twice_is_named",
    "assessment-of-nobody": f"{_RAW}::test_an_assessment_that_its_platform_did_not_open",
    "own-policy": f"{_RAW}::test_a_policy_of_ones_own_by_a_raw_start",
    "start-without-a-roster": "tests/rules/test_authorship.py"
    "::test_no_case_begins_without_the_roster_that_it_needs",
    "start-with-a-roster-of-ones-own": f"{_PROVEN}::test_a_roster_that_is_not_the_offices",
    "start-that-asks-for-nothing": f"{_PROVEN}::test_a_case_that_asks_for_nothing_where_there_is_a_roster",
    "roster-of-one": "tests/workflows/test_roster_workflow.py::test_what_is_no_roster",
    "roster-message-altered": f"{_ROSTER}::test_forgeries",
    "roster-message-replayed": f"{_ROSTER}::test_a_repeat_has_the_first_receipt_and_an_old_message_is_refused",
    "roster-of-another-district": f"{_ROSTER}::test_districts_and_operators_enter_their_own_people",
    "roster-confirmed-by-its-author": f"{_ROSTER}"
    "::test_a_change_of_two_is_in_force_at_once_that_of_one_waits",
    "roster-key-of-another": f"{_ROSTER}::test_what_no_change_may_say",
    "roster-unrevoked": f"{_ROSTER}::test_a_revocation_stays_and_keys_belong_to_one_person_for_good",
    "second-roster-started": "tests/register/test_roster_rows.py::test_another_roster_and_a_gap_are_refused",
    "roster-log-rewritten": "tests/audit/test_roster_audit.py::test_a_log_that_was_rewritten_does_not_hold",
    "roster-rows-changed": "tests/audit/test_roster_audit.py::test_rows_that_were_changed_are_named",
    "two-rosters-in-a-record": f"{_PROVEN}::test_two_rosters",
    "revoked-and-not-heard-of": f"{_PROVEN}::test_a_revocation_that_a_case_heard_of_later",
    "revoked-and-without-proof": f"{_PROVEN}::test_a_revocation_that_no_log_knows",
    "row-of-a-log": f"{_RECONCILING}::test_a_changed_log_entry",
    "row-sealed-anew": f"{_RECONCILING}::test_what_was_said_is_compared_too",
    "last-row-deleted": f"{_RECONCILING}::test_a_dropped_last_entry",
    "row-added": f"{_RECONCILING}::test_an_entry_that_was_never_written",
    "rows-exchanged": f"{_RECONCILING}::test_two_reordered_entries",
    "row-of-a-term": f"{_RECONCILING}::test_a_changed_row_of_the_register",
    "past-behind-a-digest": f"{_DIGESTS}::test_a_rewritten_past_is_named",
    "message-in-a-history": f"{_READING}::test_a_byte_of_a_message",
    "actor-in-a-history": f"{_READING}::test_a_decisions_actor_in_what_was_handed_in",
    "entry-sealed-anew": f"{_READING}::test_an_entry_that_was_sealed_anew",
    "run-left-out": f"{_READING}::test_a_dropped_run_of_the_platform",
    "against-the-rules": "tests/forgeries/test_rewritten_history.py::test_what_the_rules_refuse",
    "two-readings": "tests/audit/test_canonical.py::test_a_decision_that_says_something_twice",
    "signature-in-a-log": f"{_SIGNATURES}::test_a_signed_decision_that_was_changed",
    "unsigned-before-a-signed-one": f"{_SIGNATURES}::test_a_later_signature_seals_what_was_before",
    "decision-copied": f"{_PROVEN}::test_one_officer_twice_and_a_decision_twice",
    "actor-in-a-dossier": f"{_VERIFY}::test_another_actor_of_a_decision",
    "end-of-a-dossier": f"{_VERIFY}::test_the_last_entry_dropped",
    "signature-in-a-dossier": f"{_SIGNED_DOSSIER}::test_a_changed_file_is_found",
    "name-beside-a-key": f"{_SIGNED_DOSSIER}::test_a_key_that_was_put_beside_another_name",
    "note-in-a-signed-dossier": f"{_SIGNED_DOSSIER}::test_a_forged_signature_is_named",
    "dossier-of-a-rewritten-past": f"{_DIGESTS}"
    "::test_a_dossier_that_was_rewritten_as_a_whole_does_not_fit_the_digest",
    "dossier-cut-off": "tests/audit/test_coverage.py::test_a_cut_dossier_with_an_older_proof_is_not_whole",
    "manifest": f"{_VERIFY}::test_what_the_manifest_says_follows_too",
    "digest-by-another-key": "tests/audit/test_digest_signatures.py"
    "::test_verify_says_who_signed_and_how_many",
    "digest-signature-moved": "tests/audit/test_digest_signatures.py"
    "::test_verify_says_who_signed_and_how_many",
    "digest-forked": f"{_WITNESS}::test_forks_and_second_lives_are_not_signed",
    "digest-shorter": f"{_WITNESS}::test_forks_and_second_lives_are_not_signed",
    "digest-of-a-second-life": "tests/audit/test_coverage.py::test_a_second_life_in_a_digest_is_found",
    "proof-that-withholds": f"{_DIGESTS}::test_a_proof_that_leaves_out_a_log_is_none",
    "seen-otherwise": f"{_WITNESS}::test_a_dossier_must_be_what_a_witness_saw_on_each_day",
    "witness-of-nobody": f"{_WITNESS}::test_a_signature_must_be_of_a_witness_that_is_believed",
    "stamp-of-something-else": f"{_STAMPS}::test_a_stamp_that_does_not_hold_is_refused_with_its_reason",
    "stamp-at-a-wrong-time": f"{_STAMPS}::test_a_stamp_that_does_not_hold_is_refused_with_its_reason",
    "stamp-by-nobody": f"{_STAMPS}::test_a_dossiers_stamp_that_does_not_hold_is_found",
    "receipt-altered": f"{_RECEIPTS}::test_what_a_receipt_says_is_held_against_its_entry",
    "receipt-of-other-words": f"{_RECEIPTS}::test_the_decision_beside_a_receipt_is_held_against_the_entry",
    "receipt-of-a-lost-entry": f"{_RECEIPTS}::test_what_is_lost",
    "erasure-of-one": "tests/archive/test_erasing.py::test_two_officers_erase_a_term",
    "erasure-forged": f"{_ERASURE}::test_with_a_roster_both_sign",
    "erased-term-altered": "tests/audit/test_erased_terms.py::test_what_is_left_of_a_term_cannot_be_altered",
    "erased-term-left-out": "tests/audit/test_erased_terms.py::test_what_is_left_cannot_be_left_out",
    "erasure-planted": f"{_ERASURE}::test_another_workflow_goes_on_from_the_register",
    "remains-altered": f"{_ERASURE}::test_what_remains_is_verified_and_what_was_changed_is_found",
}
