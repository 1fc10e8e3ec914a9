"""A reading of the plugin's source by a machine, on Go source of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.plugin_operations.go_source import GoPackage

QUEUE = """
// @SDKResource("aws_queue", name="Queue")
// @Tags(identifierAttribute="id")
func resourceQueue() *schema.Resource {
	return &schema.Resource{
		CreateWithoutTimeout: resourceQueueCreate,
		ReadWithoutTimeout:   resourceQueueRead,
		DeleteWithoutTimeout: resourceQueueDelete,
	}
}

func resourceQueueCreate(ctx context.Context, d *schema.ResourceData, meta any) diag.Diagnostics {
	output, err := tfresource.RetryWhen(ctx, func(ctx context.Context) (any, error) {
		return conn.CreateQueue(ctx, input)
	})
	return append(diags, resourceQueueRead(ctx, d, meta)...)
}

func resourceQueueRead(ctx context.Context, d *schema.ResourceData, meta any) diag.Diagnostics {
	output, err := findQueue(ctx, conn, d.Id())
	// conn.ReceiveMessage(ctx) is what nobody calls.
}

func resourceQueueDelete(ctx context.Context, d *schema.ResourceData, meta any) diag.Diagnostics {
	_, err := conn.DeleteQueue(ctx, input)
}

func (parser) Create(d *schema.ResourceData) string {
	return conn.PurgeQueue(d)
}
"""
OTHERS = """
func findQueue(ctx context.Context, conn *sqs.Client, url string) (*Queue, error) {
	pages := sqs.NewListQueuesPaginator(conn, input)
}

func (p *servicePackage) ListTags(ctx context.Context, meta any, identifier string) error {
	tags, err := listTags(ctx, conn, identifier)
}

func listTags(ctx context.Context, conn *sqs.Client, identifier string) (tags, error) {
	output, err := conn.ListQueueTags(ctx, &input)
}
"""
PACKAGE = GoPackage({"queue.go": QUEUE, "find.go": OTHERS})


def test_a_step_comes_to_what_its_functions_name_wherever_they_stand() -> None:
    assert PACKAGE.operations("queue.go") == {
        "create": ["CreateQueue", "ListQueues"],
        "read": ["ListQueues"],
        "delete": ["DeleteQueue"],
        "tag": ["ListQueueTags"],
    }


def test_a_resource_of_the_newer_framework_has_methods() -> None:
    methods = """
func (r *queueResource) Read(ctx context.Context, request resource.ReadRequest) {
	output, err := findQueue(ctx, conn, data.ID)
}
"""
    assert GoPackage({"queue.go": methods, "find.go": OTHERS}).operations("queue.go")["read"] == ["ListQueues"]


def test_a_file_without_a_resource_is_said() -> None:
    with pytest.raises(ValueError, match=r"find\.go has no resource"):
        PACKAGE.operations("find.go")


def test_tests_of_the_plugin_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "queue.go").write_text(QUEUE)
    (tmp_path / "find.go").write_text(OTHERS)
    (tmp_path / "queue_test.go").write_text("func findQueue() {\n\tconn.SendMessage(ctx)\n}\n")
    assert GoPackage.of(tmp_path).operations("queue.go") == PACKAGE.operations("queue.go")
