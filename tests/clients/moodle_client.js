// Logs in as its argument says, reads, writes, reads again, and prints what came of it.
const client = require("moodle-client");

async function main() {
  const moodle = await client.init(JSON.parse(process.argv[2]));
  const info = await moodle.call({ wsfunction: "core_webservice_get_site_info" });
  const name = "By moodle-client " + process.hrtime.bigint();
  const made = await moodle.call({
    wsfunction: "core_group_create_groups",
    method: "POST",
    args: { groups: [{ courseid: 2, name: name, description: "" }] },
  });
  const listed = await moodle.call({
    wsfunction: "core_group_get_course_groups",
    args: { courseid: 2 },
  });
  const ids = listed.map((group) => group.id);
  console.log(JSON.stringify({ sitename: info.sitename, made: made[0].id, listed: ids }));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
