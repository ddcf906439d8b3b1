"""Which table moves a case: by its kind, and for complaints by the instance and whether discipline is contested."""

from complaints.workflow.catalogue import BY_CASE_KIND, case_workflow, state_label


def test_a_case_goes_by_the_table_of_its_kind_and_a_complaint_by_that_of_its_instance() -> None:
    assert {kind: flow.name for kind, flow in BY_CASE_KIND.items()} == {
        "complaint": "complaint", "denunciation": "denunciation", "proposal": "proposal", "admin_feedback": "feedback",
    }  # fmt: skip
    names = [
        case_workflow("complaint", one, about).name for one in ("first", "second") for about in (False, True)
    ]
    assert names == ["complaint", "discipline", "complaint_second", "discipline_second"]
    assert case_workflow("complaint").name == "complaint"
    # T-25, T-27: a denunciation comes a second time when it is continued; only complaints and denunciations do.
    assert [case_workflow("denunciation", one).name for one in ("first", "second")] == [
        "denunciation",
        "continued",
    ]
    assert (case_workflow("denunciation").name, case_workflow("proposal", "second").name) == (
        "denunciation",
        "proposal",
    )


def test_the_states_of_protection_have_names_too() -> None:
    assert state_label("prot_active") == "Đang áp dụng biện pháp bảo vệ"
