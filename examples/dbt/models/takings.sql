{{ config(incremental_strategy=var('strategy', 'merge'), unique_key='day') }}

select
    day,
    count_if(sold) as sold,
    cast(sum(price) as decimal(12, 2)) as revenue,
    max(email) as last_buyer
from {{ source('orders', 'readings') }}
where day is not null
{% if is_incremental() %}
    and day >= (select coalesce(max(day), date '1970-01-01') from {{ this }})
{% endif %}
group by day
