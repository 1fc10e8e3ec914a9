{#
  The materialization `incremental` for a table that is there and that nobody but the mesh makes, drops or renames:
  the rows of the model go into it in one statement, without a table in between. Strategies: append and merge.
#}
{% materialization incremental, adapter='athena' %}
  {% set draft = load_relation(this) %}
  {% if draft is none or should_full_refresh() %}
    {% do exceptions.raise_compiler_error("The mesh makes " ~ this ~ ": no model makes it, and none makes it anew") %}
  {% endif %}
  {% set strategy = validate_get_incremental_strategy(config.get('incremental_strategy', 'append'), 'iceberg') %}
  {% set rows = '(' ~ compiled_code ~ ')' %}
  {{ run_hooks(pre_hooks) }}
  {% if strategy == 'merge' %}
    {% set done = iceberg_merge(
        on_schema_change='ignore', tmp_relation=rows, target_relation=draft, existing_relation=draft, force_batch=false,
        unique_key=config.require('unique_key'), incremental_predicates=config.get('incremental_predicates'),
        delete_condition=config.get('delete_condition'), update_condition=config.get('update_condition'),
        insert_condition=config.get('insert_condition')) %}
  {% else %}
    {% set done = incremental_insert('ignore', rows ~ ' as rows_of_the_model', draft, draft, false) %}
  {% endif %}
  {% call statement('main') %}{{ done }}{% endcall %}
  {{ run_hooks(post_hooks) }}
  {{ return({'relations': [draft]}) }}
{% endmaterialization %}
